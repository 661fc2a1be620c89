import { expect, test } from "vitest";
import { emptyMailbox, faults, portFor, propose, toMailbox, wantsAppPassword } from "./mailform";

function form(address = "help@firma.de") {
  const made = emptyMailbox(3);
  made.address = address;
  propose(made, "");
  return made;
}

test("hosts and user are proposed from the address", () => {
  expect(form().incoming.host).toBe("imap.firma.de");
  expect(form("help@gmx.de").outgoing.host).toBe("mail.gmx.net");
  expect(form().incoming.user).toBe("help@firma.de");
  expect(wantsAppPassword("a@gmail.com")).toBe(true);
});

test("a proposal follows the address while it is typed, but never replaces what was typed", () => {
  const made = form();
  made.incoming.host = "mail.firma.de";
  made.address = "help@other.org";
  propose(made, "help@firma.de");
  expect(made.incoming.host).toBe("mail.firma.de");
  expect(made.outgoing.host).toBe("smtp.other.org");
});

test("half an address proposes nothing", () => {
  expect(form("help@firma").incoming.host).toBe("");
});

test("the usual port follows the security, another one stays", () => {
  expect(portFor("imap", "starttls", 993, "tls")).toBe(143);
  expect(portFor("smtp", "starttls", 465, "tls")).toBe(587);
  expect(portFor("smtp", "none", 2525, "tls")).toBe(2525);
});

test("each missing thing is a fault of its field; what SMTP does not need is none", () => {
  const made = emptyMailbox(3);
  expect(faults(made)).toEqual(["address", "in_host", "in_user", "out_host"]);
  made.address = "help@firma.de";
  made.incoming.kind = "smtp";
  made.outgoing.host = "smtp.firma.de";
  expect(faults(made)).toEqual([]);
  made.outgoing.port = 70_000;
  made.undo_for = 90;
  expect(faults(made)).toEqual(["out_port", "undo"]);
});

test("an emptied number is a fault, not a zero", () => {
  const made = form();
  made.undo_for = "" as unknown as number;
  made.start = "days";
  made.days = Number.NaN;
  expect(faults(made)).toEqual(["days", "undo"]);
});

test("one login for both servers, unless she says otherwise", () => {
  const made = form();
  made.incoming.password = "secret";
  expect(toMailbox(made).outgoing).toMatchObject({ user: "help@firma.de", password: "secret" });
  made.same_login = false;
  made.outgoing.user = "sender";
  expect(toMailbox(made).outgoing).toMatchObject({ user: "sender", password: "" });
});

test("days go out only where they were asked for", () => {
  expect("days" in toMailbox(form())).toBe(false);
  expect("same_login" in toMailbox(form())).toBe(false);
});
