import FunctionRuntime
import StrictJSON
import Testing

/// What OAuth's own endpoints make of parameters that are not as they should be.
@Suite struct OAuthParameterTests {
  /// The client would go on with a secret that the server never saw, and could not sign in again.
  @Test func `a secret that is no text is not taken for none`() throws {
    for wrong: JSON in [5, nil, ["x"], [:]] {
      let reply = try Fleet.call(
        .auth, Event("POST", "/device", json: ["client_id": "vscode", "device_secret": wrong]))
      #expect(reply.outcome == "400 invalid_request", "\(wrong)")
    }
    let reply = try Fleet.call(.auth, Event("POST", "/token", json: ["grant_type": 5]))
    #expect(reply.outcome == "400 invalid_request")
  }

  @Test(arguments: ["client_id=vscode&device_name=&time_zone=&device_id=&device_secret=", "device_name"])
  func `a parameter without a value counts as left out`(form: String) throws {
    let reply = try Fleet.call(
      .auth, Event("POST", "/device", headers: ["content-type": "application/x-www-form-urlencoded"], body: form))
    #expect(reply.status == 200, "\(reply.line)")
    let json = try Fleet.call(.auth, Event("POST", "/device", json: ["device_name": "", "time_zone": ""]))
    #expect(json.status == 200, "\(json.line)")
  }

  @Test func `what is not known is ignored, of whatever type`() throws {
    let reply = try Fleet.call(.auth, Event("POST", "/device", json: ["client_id": "vscode", "audience": [1, nil]]))
    #expect(reply.status == 200, "\(reply.line)")
  }
}
