import type { Incoming, Mailbox, Outgoing, Security } from "./mailboxes";

/** The form of one mailbox: the desk's record plus what the form alone knows. */
export type MailForm = Mailbox & { same_login: boolean };
export type MailFault = "address" | "days" | "undo" | "in_host" | "in_port" | "in_user" | "out_host" | "out_port" | "out_user";

type Provider = {
  imap: string;
  smtp: string;
  /** These refuse the ordinary password and want one made for programs. */
  app_password?: boolean;
};

const providers: Record<string, Provider> = {
  "gmail.com": { imap: "imap.gmail.com", smtp: "smtp.gmail.com", app_password: true },
  "googlemail.com": { imap: "imap.gmail.com", smtp: "smtp.gmail.com", app_password: true },
  "icloud.com": { imap: "imap.mail.me.com", smtp: "smtp.mail.me.com", app_password: true },
  "yahoo.com": { imap: "imap.mail.yahoo.com", smtp: "smtp.mail.yahoo.com", app_password: true },
  "fastmail.com": { imap: "imap.fastmail.com", smtp: "smtp.fastmail.com", app_password: true },
  "gmx.de": { imap: "imap.gmx.net", smtp: "mail.gmx.net" },
  "gmx.net": { imap: "imap.gmx.net", smtp: "mail.gmx.net" },
  "web.de": { imap: "imap.web.de", smtp: "smtp.web.de" },
  "t-online.de": { imap: "secureimap.t-online.de", smtp: "securesmtp.t-online.de" },
  "mailbox.org": { imap: "imap.mailbox.org", smtp: "smtp.mailbox.org" },
  "yandex.ru": { imap: "imap.yandex.ru", smtp: "smtp.yandex.ru", app_password: true },
  "mail.ru": { imap: "imap.mail.ru", smtp: "smtp.mail.ru", app_password: true },
  "qq.com": { imap: "imap.qq.com", smtp: "smtp.qq.com", app_password: true },
  "163.com": { imap: "imap.163.com", smtp: "smtp.163.com", app_password: true },
};

const imapPorts: Record<Security, number> = { tls: 993, starttls: 143, none: 143 };
const smtpPorts: Record<Security, number> = { tls: 465, starttls: 587, none: 25 };

export const isAddress = (text: string) => /^[^\s@]+@[^\s@]+\.?[^\s@]*$/.test(text.trim());

export function domainOf(address: string): string {
  return isAddress(address) ? (address.trim().split("@")[1] ?? "").toLowerCase() : "";
}

export const wantsAppPassword = (address: string) => providers[domainOf(address)]?.app_password === true;

export function emptyMailbox(inbox: number): MailForm {
  const incoming: Incoming = { kind: "imap", host: "", port: 993, security: "tls", user: "", password: "" };
  const outgoing: Outgoing = { host: "", port: 465, security: "tls", user: "", password: "" };
  return { inbox, address: "", name: "", incoming, outgoing, start: "now", days: 14, undo_for: 10, signature: "", same_login: true };
}

/** Proposes hosts and user from the address, and replaces only what is empty or was proposed before. */
export function propose(form: MailForm, before: string): void {
  const was = proposals(before);
  const now = proposals(form.address);
  const fill = (current: string, old: string, next: string) => (current === "" || current === old ? next : current);
  form.incoming.host = fill(form.incoming.host, was.imap, now.imap);
  form.incoming.user = fill(form.incoming.user, was.user, now.user);
  form.outgoing.host = fill(form.outgoing.host, was.smtp, now.smtp);
  form.outgoing.user = fill(form.outgoing.user, was.user, now.user);
}

function proposals(address: string): { imap: string; smtp: string; user: string } {
  const domain = domainOf(address);
  if (!domain.includes(".")) return { imap: "", smtp: "", user: "" };
  const known = providers[domain];
  return { imap: known?.imap ?? `imap.${domain}`, smtp: known?.smtp ?? `smtp.${domain}`, user: address.trim() };
}

/** A port that is the usual one of its security follows when the security changes; any other stays. */
export function portFor(kind: "imap" | "smtp", security: Security, current: number, before: Security): number {
  const usual = kind === "imap" ? imapPorts : smtpPorts;
  return current === usual[before] ? usual[security] : current;
}

export function faults(form: MailForm): MailFault[] {
  const out: MailFault[] = [];
  const port = (value: number) => Number.isInteger(value) && value >= 1 && value <= 65535;
  if (!isAddress(form.address)) out.push("address");
  if (form.incoming.kind === "imap") {
    if (!form.incoming.host.trim()) out.push("in_host");
    if (!port(form.incoming.port)) out.push("in_port");
    if (!form.incoming.user.trim()) out.push("in_user");
    if (form.start === "days" && !(Number.isInteger(form.days) && (form.days ?? 0) >= 1)) out.push("days");
  }
  if (!form.outgoing.host.trim()) out.push("out_host");
  if (!port(form.outgoing.port)) out.push("out_port");
  if (!(Number.isInteger(form.undo_for) && form.undo_for >= 0 && form.undo_for <= 60)) out.push("undo");
  return out;
}

/** What goes to the desk. */
export function toMailbox(form: MailForm): Mailbox {
  const { same_login, ...mailbox } = JSON.parse(JSON.stringify(form)) as MailForm;
  if (same_login && mailbox.incoming.kind === "imap") {
    mailbox.outgoing.user = mailbox.incoming.user;
    mailbox.outgoing.password = mailbox.incoming.password;
  }
  if (mailbox.start !== "days") delete mailbox.days;
  mailbox.address = mailbox.address.trim();
  return mailbox;
}
