import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// `/goals`: what a person means to practise, and since when.
@Suite struct GoalTests {
  private func change(_ device: Device, _ body: String) throws -> Reply {
    try device.call(.stats, "PATCH", "/goals", headers: Event.sendsJSON, body: body)
  }

  @Test func `who never chose has the extension's ten minutes, and nothing else`() throws {
    let reply = try Device().stats("goals")
    let plan: JSON = [
      "dailyMinutes": 10, "weeklyMinutes": nil, "weeklyDays": nil, "restDays": [], "weekStart": 1,
    ]
    #expect(reply["plan"] == plan && reply.body["since"] == nil)
  }

  @Test func `what a change does not name stays, and null takes away`() throws {
    let device = try Device()
    _ = try change(device, #"{"weeklyDays": 5, "restDays": [7, 6, 6]}"#)
    let reply = try change(device, #"{"dailyMinutes": null, "weekStart": 7}"#)
    let plan: JSON = [
      "dailyMinutes": nil, "weeklyMinutes": nil, "weeklyDays": 5, "restDays": [6, 7], "weekStart": 7,
    ]
    #expect(reply.status == 200 && reply["plan"] == plan)
    #expect(reply["since"] == reply["asOf"])
    #expect(try change(device, #"{"restDays": null}"#)["plan.restDays"] == [])
    #expect(try device.stats("summary")["weekStart"] == 7)
  }

  @Test(arguments: [
    (#"{"dailyMinutes": 0}"#, "/dailyMinutes"), (#"{"weeklyDays": 8}"#, "/weeklyDays"),
    (#"{"restDays": [8]}"#, "/restDays/0"), (#"{"restDays": [1, 2, 3, 4, 5, 6, 7]}"#, "/restDays"),
    (#"{"weekStart": 0}"#, "/weekStart"), (#"{"weeklyMinutes": "many"}"#, "/weeklyMinutes"),
    (#"{"color": "green"}"#, "/color"),
  ])
  func `a plan that cannot be is refused with its place, and changes nothing`(body: String, pointer: String) throws {
    let device = try Device()
    let reply = try change(device, body)
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"]?.string == pointer)
    #expect(try device.stats("goals").body["since"] == nil)
  }

  @Test func `a new plan is news for whoever has the old one, and for the streak`() throws {
    let device = try Device()
    let tags = try ["goals", "streak"].map { try #require(device.stats($0).header("etag")) }
    _ = try change(device, #"{"restDays": [1, 2, 3, 4, 5, 6]}"#)
    for (view, tag) in zip(["goals", "streak"], tags) {
      #expect(try device.call(.stats, "GET", "/\(view)", headers: ["if-none-match": tag]).status == 200)
    }
    #expect(try device.stats("streak")["restDays"] == [1, 2, 3, 4, 5, 6])
  }

  @Test func `a plan is one for all devices of an account, and stays when another account is merged in`() throws {
    let (device, joining) = (try Device(), try Device())
    _ = try change(device, #"{"weeklyDays": 3}"#)
    _ = try change(joining, #"{"weeklyDays": 6}"#)
    let merged = try Fleet.call(
      .auth, Device.redemption(code: try device.pairingCode(), id: joining.id, secret: joining.secret))
    let moved = try Device(id: joining.id, secret: joining.secret, merged)
    #expect(try moved.stats("goals")["plan.weeklyDays"] == 3)
    #expect(try device.paired().stats("goals")["plan.weeklyDays"] == 3)
  }
}
