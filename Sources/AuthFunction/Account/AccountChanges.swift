import Backend
import BreathDomain
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
