import StrictJSON

/// `{"timeZone", "dayStart", "alias"}`, each optional.
struct AccountChanges {
  static let members = ["/timeZone", "/dayStart", "/alias"]

  let setsTimeZone, setsAlias: Bool
  let timeZone: StatedZone?
  let alias: String?
  let dayStartMinutes: Int16?

  static let aliasLength = 1...32

  init(_ body: JSONNode) throws(JSONMismatch) {
    let members = body.json?.object
    (setsTimeZone, setsAlias) = (members?["timeZone"] != nil, members?["alias"] != nil)
    timeZone = try body["timeZone"].ifPresent(StatedZone.init)
    alias = try body["alias"].ifPresent { node throws(JSONMismatch) in try node.alias() }
    dayStartMinutes = try body["dayStart"].ifPresent { node throws(JSONMismatch) in try DayStart(node).minutes }
  }
}

extension JSONNode {
  /// What others may call a person: never an address, and nothing that changes how the text around it reads.
  fileprivate func alias() throws(JSONMismatch) -> String {
    let text = try text(length: AccountChanges.aliasLength)
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .surrogate, .privateUse, .unassigned: false
      default: scalar != "@"
      }
    }
    guard Name(text) != nil, isPlain, text.first != " ", text.last != " " else {
      throw mismatch(
        "invalid_alias", "must be a name of letters, digits and signs, without @, and not begin or end with a space")
    }
    return text
  }
}

/// When a person's day begins, as `04:00`: what is practised before still belongs to the day before.
struct DayStart {
  let minutes: Int16

  init(minutes: Int16) { self.minutes = minutes }

  init(_ node: JSONNode) throws(JSONMismatch) {
    let digits = Array(try node.string(length: 5...5).utf8)
    let numbers = [digits.first, digits.dropFirst().first].compactMap(\.self) + digits.suffix(2)
    guard digits.count == 5, digits[2] == UInt8(ascii: ":"), numbers.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw node.mismatch("invalid_time", "must be a time of day like 04:00")
    }
    let values = numbers.map { Int16($0 - 0x30) }
    let (hour, minute) = (values[0] * 10 + values[1], values[2] * 10 + values[3])
    guard hour < 24, minute < 60 else { throw node.mismatch("invalid_time", "must be a time of day like 04:00") }
    minutes = hour * 60 + minute
  }

  var text: String { "\(DayStart.twoDigits(minutes / 60)):\(DayStart.twoDigits(minutes % 60))" }

  private static func twoDigits(_ number: Int16) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
