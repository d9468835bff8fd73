internal import StrictJSON

/// Someone who syncs again and again.
protocol Person: AnyObject {
  var device: Device { get }
  func next() -> [UInt8]
  /// What was answered to the last request.
  func take(_ answer: [UInt8])
}

/// Pushes new sessions from the first device of an account of its own, with the cursor of the answer before.
final class Pusher: Person {
  let device: Device
  private var template: RequestTemplate
  private var cursor: [UInt8]

  private var movesDates = true

  /// - Parameter movesDates: false pushes to the same dates each time.
  init(
    _ workbench: Workbench, size: Int, as form: Wire.Form, sessionsPerDay: Int = 3, movesDates: Bool = true
  ) throws {
    device = try workbench.enrol()
    cursor = Array(try workbench.answer(device, "{}")["cursor"]?.string?.utf8 ?? "".utf8)
    template = RequestTemplate(Wire.sync(Body.push(size), of: device, as: form), sessionsPerDay: sessionsPerDay)
    _ = template.next()  // Sets the dates.
    self.movesDates = movesDates
  }

  func next() -> [UInt8] { template.next(cursor: cursor, movesDates: movesDates) }
  func take(_ answer: [UInt8]) { cursor = RequestTemplate.cursor(in: answer) }
}

/// The second device of an account whose first one has pushed 1,000 sessions, one a day: pulls the first 200 of them
/// each time, and pushes as many new ones as it is told.
final class Puller: Person {
  /// The first rows of the account: its first device, and 200 sessions.
  private static let limit = 201
  let device: Device
  private var template: RequestTemplate

  init(_ workbench: Workbench, pushing size: Int = 0, as form: Wire.Form) throws {
    let first = try workbench.enrol()
    var history = RequestTemplate(Array(Body.push(500, hasCursor: false).utf8), sessionsPerDay: 1)
    for _ in 0..<2 { _ = try workbench.answer(first, String(decoding: history.next(), as: UTF8.self)) }
    device = try workbench.pair(with: first)
    let body = size == 0 ? Body.pull(limit: Puller.limit) : Body.push(size, hasCursor: false, limit: Puller.limit)
    template = RequestTemplate(Wire.sync(body, of: device, as: form))
  }

  func next() -> [UInt8] { template.next() }
  func take(_ answer: [UInt8]) {}
}
