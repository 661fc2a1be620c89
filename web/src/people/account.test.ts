import { expect, test } from "vitest";
import { deviceName } from "./account";

test("a browser's own long name becomes two words that people know", () => {
  const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
  expect(deviceName(chrome)).toEqual({ browser: "Chrome", system: "Windows" });
  expect(deviceName(`${chrome} Edg/130.0`)).toEqual({ browser: "Edge", system: "Windows" });
  const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/604.1";
  expect(deviceName(safari)).toEqual({ browser: "Safari", system: "iOS" });
  expect(deviceName("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0")).toEqual({ browser: "Firefox", system: "Linux" });
});

test("a program of no known name is left without words", () => {
  expect(deviceName("curl/8.5.0")).toEqual({ browser: "", system: "" });
});
