import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

extension ConformanceTests {
  /// 10,000 events, good and bad, through one process.
  @Suite struct StreamTests {
    private static let events = 10_000
    private static let warmUp = 1_000
    /// Between the two measurements the same kinds of event come in the same mixture, so what grows is kept for each
    /// event: 9,000 times only 100 bytes are 880 KiB. Arenas of the allocator that several threads fill at different
    /// times account for some hundreds of KiB more.
    private static let growthKiBMax = 1024
    private static let residentKiBMax = 40 * 1024

    @Test(arguments: FunctionName.onTheWeb)
    func `each of 10,000 events gets one line of its own, and memory stays flat`(_ function: FunctionName) throws {
      let proxy = try function.started()
      let child = try proxy.process
      let device = try Device(by: FunctionName.auth.started())
      var random = Seeded(20_261_123)
      var early = 0
      for number in 1...StreamTests.events {
        let line = try StreamTests.line(number, function, device, &random)
        let response = try #require(try proxy.run(line.text), "no answer to event \(number)")
        try #require(response.status == 200, "event \(number): \(response)")
        let answer = try Answer(response.body)
        if let id = line.id { try #require(answer.header("x-request-id") == id, "event \(number): \(answer.line)") }
        try #require(child.answers.all == [] && child.answers.unfinished == "", "event \(number)")
        try #require(child.output.sentinels == number && child.log.sentinels == number, "event \(number)")
        if number == StreamTests.warmUp { early = try child.residentKiB() }
      }
      let late = try child.residentKiB()
      try Report.add(
        "\(function.rawValue), \(StreamTests.events) events: resident \(early) KiB after \(StreamTests.warmUp), \(late) KiB at the end"
      )
      #expect(late - early < StreamTests.growthKiBMax)
      #expect(late < StreamTests.residentKiBMax)
      try child.closeInput()
      #expect(try child.waitForEnd() == .exit(0))
    }

    /// - Returns: an event, and the id its answer must have when it has one at all.
    private static func line(
      _ number: Int, _ function: FunctionName, _ device: Device, _ random: inout Seeded
    ) throws -> (text: String, id: String?) {
      func marked(_ call: Call) -> (text: String, id: String?) { (call.line, call.id) }
      switch number % 20 {
      case 0: return ("", nil)
      case 1: return ("no JSON \(number)", nil)
      case 2: return (String(marked(function.call).text.dropLast(Int(random.number(1...40)))), nil)
      case 3: return ("[\(number)]", nil)
      case 4: return (String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100), nil)
      case 5: return marked(Call("GET", "/no/such/path/\(number)"))
      case 6: return marked(Call("BREW", function.call.path))
      case 7: return marked(Call("GET", function.call.path + "/%zz"))
      case 8:
        var call = function.call
        (call.body, call.isBase64Encoded) = ("%%%", true)
        return marked(call)
      case 9:
        var call = function.call
        call.body = String(repeating: "é", count: Int(random.number(0...50_000)))
        return marked(call)
      case 10:
        let id = Call.hex()
        return (Call.envelope(["http": 1], id: id), id)
      case 11:
        var call = function.call
        call.headers["authorization"] = "Bearer \(Call.hex())"
        return marked(call)
      case 12: return marked(Call("POST", "", token: device.accessToken, json: ["push": .string("\u{1}\(number)")]))
      default:
        return marked(function == .sync && number % 20 == 13 ? device.push([Call.hex()]) : known(function, device))
      }
    }

    private static func known(_ function: FunctionName, _ device: Device) -> Call {
      switch function {
      case .sync: device.call("POST", "", json: ["limit": 50])
      case .stats: device.call("GET", "/summary")
      case .auth, .admin, .worker: function.call
      }
    }
  }
}
