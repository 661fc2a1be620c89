import { describe, expect, test } from "vitest";
import { Problem } from "@/live/api";
import { useEdit } from "./edit";

const omid = { id: 3, name: "Omid" };

function stale(fields: object): Problem {
  return new Problem("stale", "Changed meanwhile", "", 409, { fields });
}

describe("a form over a record that others change too", () => {
  test("sends only what was touched", () => {
    const edit = useEdit({ name: "Support", lock: "write" }, 4);
    edit.mine.name = "Help";
    expect(edit.changes()).toEqual({ name: "Help" });
    expect(edit.version.value).toBe(4);
  });

  test("follows the desk in untouched fields and keeps what was typed", () => {
    const edit = useEdit({ name: "Support", lock: "write" }, 4);
    edit.mine.name = "Help";
    edit.load({ name: "Support", lock: "advice" }, 5);
    expect(edit.mine).toEqual({ name: "Help", lock: "advice" });
    expect(edit.undecided.value).toBe(false);
    expect(edit.version.value).toBe(5);
  });

  test("what arrives for a field that is being typed in stands beside it until a choice is made", () => {
    const edit = useEdit({ name: "Support", lock: "write" }, 4);
    edit.mine.name = "Help";
    edit.load({ name: "Desk", lock: "write" }, 5);
    expect(edit.mine.name).toBe("Help");
    expect(edit.newer.value.name?.value).toBe("Desk");
    edit.keepMine("name");
    edit.load({ name: "Desk", lock: "advice" }, 6);
    expect(edit.undecided.value).toBe(false);
    expect(edit.changes()).toEqual({ name: "Help" });
  });

  test("ignores an older record", () => {
    const edit = useEdit({ name: "Support" }, 4);
    edit.load({ name: "Old" }, 3);
    expect(edit.mine.name).toBe("Support");
  });

  test("shows the newer value of a stale field and who set it, and waits for a choice", () => {
    const edit = useEdit({ name: "Support", lock: "write" }, 4);
    edit.mine.name = "Help";
    expect(edit.refused(stale({ name: { value: "Desk", version: 5, by: omid, at: null } }))).toBe(true);
    expect(edit.mine.name).toBe("Help");
    expect(edit.newer.value.name).toEqual({ value: "Desk", by: omid, at: null });
    expect(edit.undecided.value).toBe(true);
    edit.keepMine("name");
    expect(edit.undecided.value).toBe(false);
    expect(edit.changes()).toEqual({ name: "Help" });
    expect(edit.version.value).toBe(5);
  });

  test("takes theirs", () => {
    const edit = useEdit({ name: "Support" }, 4);
    edit.mine.name = "Help";
    edit.refused(stale({ name: { value: "Desk", version: 5, by: omid, at: null } }));
    edit.takeTheirs("name");
    expect(edit.mine.name).toBe("Desk");
    expect(edit.changed.value).toBe(false);
  });

  test("a stale field that was not touched simply follows", () => {
    const edit = useEdit({ name: "Support", lock: "write" }, 4);
    edit.mine.name = "Help";
    edit.refused(stale({ lock: { value: "advice", version: 5, by: omid, at: null } }));
    expect(edit.undecided.value).toBe(false);
    expect(edit.mine).toEqual({ name: "Help", lock: "advice" });
  });

  test("stale only in what was not touched here, it is sent once more by itself", async () => {
    const edit = useEdit({ name: "Support", lock: "write" }, 4);
    edit.mine.name = "Help";
    const sent: number[] = [];
    const put = async () => {
      sent.push(edit.version.value);
      if (edit.version.value < 5) throw stale({ name: { value: "Support", version: 5, by: omid, at: null } });
    };
    await edit.insist(put);
    expect(sent).toEqual([4, 5]);
    expect(edit.mine.name).toBe("Help");
  });

  test("stale where something was typed, it waits for a choice", async () => {
    const edit = useEdit({ name: "Support" }, 4);
    edit.mine.name = "Help";
    const put = async () => {
      throw stale({ name: { value: "Desk", version: 5, by: omid, at: null } });
    };
    await expect(edit.insist(put)).rejects.toThrow("Changed meanwhile");
    expect(edit.newer.value.name?.by).toEqual(omid);
  });

  test("another problem is not its business", () => {
    const edit = useEdit({ name: "Support" }, 4);
    expect(edit.refused(new Problem("busy", "", "", 503))).toBe(false);
  });
});
