import FunctionRuntime
import StrictJSON

/// The parameters of `/token` and `/device`.
enum OAuthParameter {
  /// What we read. All others are ignored (RFC 6749, 3.2).
  static let known: Set<String> = [
    "grant_type", "refresh_token", "device_code", "client_id", "device_name", "time_zone", "device_id", "device_secret",
  ]

  /// `invalid_request`, with what to do about it.
  struct Wrong: Error { let detail: String }
}

extension Request {
  /// The form RFC 6749 prescribes, or a JSON object with the same members. One without a value counts as left out.
  /// - Throws: `OAuthParameter.Wrong` for one that we read and that is no text: left out instead, a device's secret would be
  ///   replaced by one that nobody has.
  var oauthParameters: [String: String] {
    get throws {
      if headers.mediaType == "application/x-www-form-urlencoded" { return try form().filter { !$0.value.isEmpty } }
      guard headers.isJSON else {
        throw OAuthParameter.Wrong(detail: "The body must be application/x-www-form-urlencoded, or application/json.")
      }
      var parameters: [String: String] = [:]
      for member in try json().object().json?.object?.members ?? [] {
        if let text = member.value.string {
          parameters[member.key] = text.isEmpty ? nil : text
        } else if OAuthParameter.known.contains(member.key) {
          throw OAuthParameter.Wrong(detail: "\(member.key) must be a string.")
        }
      }
      return parameters
    }
  }
}
