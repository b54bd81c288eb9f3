import assert from "node:assert/strict"
import { test } from "node:test"
import { screenFor, whatIsMissing } from "../../static/applicant/route.js"
import { tokenIn } from "../../static/shared/link-page.js"

const READY = { status: "waiting", stage: "ready", result: null, may_sign: true, signed: false }
const HERE = { trouble: null, lacks: "", asked: false, checked: false, hungUp: false, signing: false }

test("the applicant goes from the invitation through the check into the call", () => {
  assert.equal(screenFor(null, HERE), "opening")
  assert.equal(screenFor({ ...READY, stage: "consent" }, HERE), "invite")
  assert.equal(screenFor(READY, HERE), "check")
  assert.equal(screenFor(READY, { ...HERE, checked: true }), "call")
  assert.equal(screenFor(READY, { ...HERE, checked: true, hungUp: true }), "hung_up")
})

test("asking for a visit in person leads there at once", () => {
  assert.equal(screenFor({ ...READY, stage: "on_site" }, HERE), "on_site")
})

test("taking photos without the call goes on without a network, but not past the end, the result or a link that was taken back", () => {
  const later = { ...HERE, checked: true, later: true }
  assert.equal(screenFor(READY, later), "later")
  assert.equal(screenFor(READY, { ...later, trouble: { kind: "offline" } }), "later")
  assert.equal(screenFor(READY, { ...later, trouble: { kind: "link" } }), "trouble")
  assert.equal(screenFor({ ...READY, status: "ended" }, later), "wait_result")
  assert.equal(screenFor({ ...READY, stage: "done", result: { finding: "pass" } }, later), "result")
  assert.equal(screenFor({ ...READY, stage: "consent" }, { ...later, trouble: { kind: "offline" } }), "trouble")
})

test("signing is offered in the call and after it, and not twice", () => {
  assert.equal(screenFor(READY, { ...HERE, checked: true, signing: true }), "sign")
  assert.equal(screenFor({ ...READY, status: "ended" }, { ...HERE, signing: true }), "sign")
  assert.equal(screenFor({ ...READY, status: "ended", signed: true }, { ...HERE, signing: true }), "wait_result")
})

test("the end, a missed call and the result are seen whatever was open before", () => {
  const inCall = { ...HERE, checked: true }
  assert.equal(screenFor({ ...READY, status: "ended" }, inCall), "wait_result")
  assert.equal(screenFor({ ...READY, status: "missed" }, inCall), "missed")
  assert.equal(screenFor({ ...READY, stage: "done", result: { finding: "pass" } }, inCall), "result")
  assert.equal(screenFor(READY, { ...inCall, trouble: { kind: "link" } }), "trouble")
})

test("a browser that cannot call still shows who invites, and the way out only when video is chosen", () => {
  const lacking = { ...HERE, lacks: "old" }
  assert.equal(screenFor({ ...READY, stage: "consent" }, lacking), "invite")
  assert.equal(screenFor({ ...READY, stage: "consent" }, { ...lacking, asked: true }), "unsupported")
  assert.equal(screenFor(READY, lacking), "unsupported")
  assert.equal(screenFor({ ...READY, stage: "on_site" }, { ...lacking, asked: true }), "on_site")
})

test("a browser is known by what it can do, and desktop WeChat by its name", () => {
  const able = { isSecureContext: true, RTCPeerConnection: class {}, navigator: { userAgent: "Mozilla/5.0 Mobile", mediaDevices: { getUserMedia() {} } } }
  assert.equal(whatIsMissing(able), "")
  assert.equal(whatIsMissing({ ...able, isSecureContext: false }), "insecure")
  assert.equal(whatIsMissing({ ...able, RTCPeerConnection: undefined }), "old")
  assert.equal(whatIsMissing({ ...able, navigator: { userAgent: "x WindowsWechat/3.9", mediaDevices: able.navigator.mediaDevices } }), "wechat_desktop")
})

test("the token is read from the fragment, and nothing else is taken for one", () => {
  const token = "Zx_-".repeat(11)
  assert.equal(tokenIn(`#${token}`), token)
  assert.equal(tokenIn(`#token=${token}`), token)
  assert.equal(tokenIn("#short"), "")
  assert.equal(tokenIn(""), "")
  assert.equal(tokenIn(`#${token}<script>`), "")
})
