import { expect, test } from "vitest";
import { passwordFault } from "./passwords";

test("several words are a good password, in any script", () => {
  expect(passwordFault("lamp bridge seven")).toBeNull();
  expect(passwordFault("灯桥七个词语好密码啊")).toBeNull();
});

test("each bad one says what is wrong with it", () => {
  expect(passwordFault("")).toBe("required");
  expect(passwordFault("lamp")).toBe("short");
  expect(passwordFault("aaaaaaaaaaaa")).toBe("signs");
  expect(passwordFault("Bianca.Rossi@desk.example", "bianca.rossi@desk.example")).toBe("isAddress");
  expect(passwordFault("bianca.rossi", "bianca.rossi@desk.example")).toBe("isAddress");
});
