import StrictJSON

/// What one line from the platform says: an HTTP request, or something else that was invoked.
struct Event {
  let activationID: String?
  let deadlineMs: Int64?
  let content: Content

  enum Content {
    case http(HTTPEvent)
    /// A schedule's or an operator's invocation: the JSON it passed.
    case invocation(JSON)
  }

  /// - Parameter line: an event, or the envelope `{"value": event, "activation_id": …, "deadline": …}` around it.
  ///   In the envelope all but `value` may be missing; unknown members are ignored.
  /// - Throws: 400 for what is not JSON, or no object.
  init(parsing line: [UInt8]) throws(Problem) {
    let json: JSON
    do { json = try JSON(parsing: line, limits: .trusted) } catch {
      throw Event.invalid("The event is not JSON at byte \(error.offset): \(error.code).")
    }
    guard json.object != nil else { throw Event.invalid("The event is not a JSON object.") }
    let isEnvelope = json.object?["http"] == nil && json["value"]?.object != nil
    let value = isEnvelope ? json["value"] ?? json : json
    activationID = isEnvelope ? json["activation_id"]?.string : nil
    deadlineMs = isEnvelope ? json["deadline"]?.string.flatMap { Int64($0) } ?? json["deadline"]?.integer : nil
    guard value["http"]?.isDamaged != true else {
      throw Event.invalid("The request in the event is no Unicode text, or has a NUL character.")
    }
    content = Event.isFromTheWeb(value) ? .http(HTTPEvent(value)) : .invocation(value)
  }

  /// By the bare presence of a member, whatever it holds: in `web: true` mode callers choose members, and none of
  /// them may pass for a schedule.
  private static func isFromTheWeb(_ value: JSON) -> Bool {
    value.object?.members.contains { $0.key == "http" || $0.key.hasPrefix("__ow_") } ?? false
  }

  static func invalid(_ detail: String) -> Problem { Problem(400, code: "invalid_event", detail: detail) }
}
