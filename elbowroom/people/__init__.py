"""Who there is: agents, departments, customers, sessions, rights. Exports the faces that every floor above needs."""
