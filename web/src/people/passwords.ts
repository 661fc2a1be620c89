// The desk's rules for a new password, so that the form can say them before it is sent.
export const shortest = 10;
const fewestSigns = 4;

export type PasswordFault = "required" | "short" | "signs" | "isAddress";

export function passwordFault(password: string, email = ""): PasswordFault | null {
  if (!password) return "required";
  if ([...password].length < shortest) return "short";
  const own = email.trim().toLowerCase();
  if (own && [own, own.split("@")[0]].includes(password.toLowerCase())) return "isAddress";
  return new Set(password).size < fewestSigns ? "signs" : null;
}
