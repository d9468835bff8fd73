import FunctionRuntime
package import StrictJSON

extension Request {
  /// The body, an object, without any member that nobody reads: whoever sends one means something by it that would not
  /// happen. Not for sync, which machines of a later version talk to, nor for OAuth's endpoints, which
  /// ignore what they do not know (RFC 6749, 3.2).
  ///
  /// - Parameter known: places of what is read, as RFC 6901 writes them: `["/device/id", "/secret"]`.
  /// - Throws: what `json()` does; 422 with an error for each unknown member.
  package func object(of known: [String]) throws -> JSONNode {
    let body = try json().object()
    let unknown = body.unknownMembers(beside: known)
    guard unknown.isEmpty else {
      throw Problem.invalidContent(
        unknown.map {
          Problem.FieldError(
            pointer: "\($0)", code: "unknown_member", detail: "is not among the members of this request")
        })
    }
    return body
  }
}
