import assert from "node:assert/strict"
import { test } from "node:test"
import { recall, remember } from "../../static/applicant/remembered.js"
import { Store } from "../../static/applicant/store.js"

const TOKEN = "Zx_-".repeat(11)
const INVITATION = { session_id: 7, premises: "张记", csrf: "secret", relays: [{ credential: "secret" }], seen: [{ name: "李敏" }], expert_present: true }

test("what was last seen by a link opens the page again without a network, and says nothing of who is there now", async () => {
  const store = new Store(null)
  await remember(store, INVITATION, TOKEN)
  const recalled = await recall(store, TOKEN)
  assert.equal(recalled.premises, "张记")
  assert.deepEqual([recalled.seen, recalled.expert_present, recalled.relays], [[], false, []])
  assert.deepEqual(await recall(store, ""), recalled) // the page was opened again: its address holds no token any more
})

test("another link's invitation is not shown", async () => {
  const store = new Store(null)
  await remember(store, INVITATION, TOKEN)
  assert.equal(await recall(store, "Another_".repeat(6)), null)
})

test("seen again without its token, an invitation stays that link's; one of another call is nobody's", async () => {
  const store = new Store(null)
  await remember(store, INVITATION, TOKEN)
  await remember(store, { ...INVITATION, premises: "张记二店" }, "")
  assert.equal((await recall(store, TOKEN)).premises, "张记二店")
  await remember(store, { ...INVITATION, session_id: 8 }, "")
  assert.equal(await recall(store, TOKEN), null)
})

test("nothing that opens a door is written down", async () => {
  const store = new Store(null)
  await remember(store, INVITATION, TOKEN)
  const written = JSON.stringify(await store.noted("invitation"))
  for (const secret of [TOKEN, "secret"]) assert.ok(!written.includes(secret))
})
