/// What is under way between devices and the server.
struct Network: Sendable {
  enum Message: Sendable {
    case request(Call)
    case answer(Answer)
  }

  struct Transit: Sendable {
    let due: Int
    let client: Int
    let number: Int
    let message: Message
    let answerIsLost: Bool
    /// What the server had lost when it said so: an answer may be heard after a restore.
    var toll = Journal.Toll()
  }

  /// Work the server has begun.
  struct Work: Sendable {
    let ticket: Int
    let client: Int
    let call: Call
    let submittedMs: Int64
    let fate: Fate
    let answerIsLost: Bool
  }

  var transits: [Transit] = []
  var work: [Work] = []

  mutating func takeDue(_ step: Int) -> [Transit] {
    let due = transits.filter { $0.due <= step }
    transits.removeAll { $0.due <= step }
    return due
  }
}
