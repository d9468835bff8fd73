import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// What became of each push, for the person to see.
@Suite struct LedgerTests {
  @Test func `the last pushes stand there, the newest first, with what was not stored`() throws {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync(Practice.push([Practice.session("x"), Practice.session("y", cycles: 3)]))
    _ = try first.sync(
      Practice.push([Practice.session("x", cycles: 9), Practice.session("y", cycles: 3), ["id": "no"]]))
    _ = try second.sync(["push": ["deletions": [["session": "x", "device": .string(first.id)]]]])
    let pushes = try first.call(.sync, "GET", "/ledger").items("pushes")
    #expect(pushes.map { $0["device"]?.string } == [second.id, first.id, first.id])
    #expect(pushes[0]["items"]?.array?.map { $0["kind"]?.string } == ["deletions"])
    let items = try #require(pushes[1]["items"]?.array)
    #expect(items.map { $0["kind"]?.string } == ["unreadable", "sessions"])
    #expect(items[1]["stored"] == 0 && items[1]["duplicate"] == 1 && items[1]["rejected"] == 1)
    #expect(items[1]["verdicts"] == [["id": "x", "status": "conflict"]])
    #expect(try first.call(.sync, "GET", "/ledger", query: "limit=1").items("pushes").count == 1)
  }

  @Test func `another account's pushes are not there, and a refused request leaves no line`() throws {
    let device = try Device()
    _ = try Device().sync(Practice.push([Practice.session("x")]))
    _ = try Fleet.call(.sync, device.syncEvent(["limit": 0, "push": ["deletions": [["session": "x"]]]]))
    #expect(try device.call(.sync, "GET", "/ledger")["pushes"] == [])
  }

  @Test func `a request without news leaves no line`() throws {
    let device = try Device()
    _ = try device.sync(["device": ["name": "other", "clock": .string(Practice.stamp(Date()))]])
    #expect(try device.call(.sync, "GET", "/ledger")["pushes"] == [])
  }

  @Test(arguments: ["limit=0", "limit=201", "limit=x"]) func `a wrong limit is refused`(query: String) throws {
    #expect(try Device().call(.sync, "GET", "/ledger", query: query).outcome == "400 invalid_query")
  }
}
