import FunctionRuntime
import StrictJSON
import Testing

/// One account's row can be held for long: an operator's session, a long merge.
@Suite struct LockWaitTests {
  @Test func `who waits for a held account is told soon to come again, and then is served`() throws {
    let device = try Device()
    let push = device.syncEvent(Practice.push(Practice.sessions(["a"])))
    let holder = try LockHolder(device.account)
    let began = ContinuousClock.now
    let refused = try Fleet.call(.sync, push)
    #expect(refused.outcome == "503 busy" && refused.header("retry-after") == "1")
    // Four seconds before, for which a process serves nobody else.
    #expect(ContinuousClock.now - began < .seconds(4))
    try holder.release()
    #expect(try Fleet.call(.sync, push)["accepted.stored"] == 1)
  }
}
