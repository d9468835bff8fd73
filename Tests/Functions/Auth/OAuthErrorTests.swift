import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// OAuth's endpoints speak OAuth's language, whichever layer finds the mistake: clients read `error` and nothing else.
@Suite struct OAuthErrorTests {
  private static let form = "application/x-www-form-urlencoded"

  static let wrong: [Event] = ["/token", "/device"].flatMap { path in
    [
      Event("POST", path, headers: ["content-type": form], body: "client_id=b&client_id=c"),
      Event("POST", path, headers: ["content-type": form], body: "client_id=%ff"),
      Event("POST", path, headers: ["content-type": form], body: "client_id=%zz"),
      Event("POST", path, headers: ["content-type": form], body: "client_id=a%00b"),
      Event("POST", path, headers: ["content-type": form], body: (0..<65).map { "p\($0)=1" }.joined(separator: "&")),
      Event("POST", path, headers: ["content-type": "text/plain"], body: "client_id=b"),
      Event("POST", path, headers: ["content-type": "multipart/form-data; boundary=x"], body: "--x--"),
      Event("POST", path, headers: ["content-type": "application/json"], body: "{"),
      Event("POST", path, headers: ["content-type": "application/json"], body: ""),
      Event("POST", path, headers: ["content-type": "application/json"], body: "[]"),
      Event("POST", path, headers: ["content-type": "application/json"], body: #"{"client_id":"a","client_id":"b"}"#),
      Event("POST", path, headers: ["content-type": "application/json"], body: #"{"client_id":5}"#),
      Event("POST", path, headers: ["content-type": form, "content-encoding": "gzip"], body: "client_id=b"),
      Event("POST", path, query: "a=1&a=2", headers: ["content-type": form], body: "client_id=b"),
      Event("POST", path, headers: ["content-type": form], body: String(repeating: "a", count: 1_048_577)),
    ]
  }

  @Test(arguments: wrong.indices) func `what cannot be read is an invalid request in OAuth's form`(index: Int) throws {
    let reply = try Fleet.call(.auth, OAuthErrorTests.wrong[index])
    #expect(reply.outcome == "400 invalid_request", "\(reply.line)")
    #expect(reply.header("content-type") == "application/json" && reply.header("cache-control") == "no-store")
    let description = try reply.text("error_description")
    #expect(!description.isEmpty)
    #expect(description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }, "RFC 6749, 5.2")
    #expect(reply.body.object?.count == 2)
  }

  @Test func `elsewhere the same mistakes are problem documents`() throws {
    let reply = try Fleet.call(.auth, Event("POST", "/anonymous", headers: ["content-type": "text/plain"], body: "x"))
    #expect(reply.outcome == "415 unsupported_media_type")
    #expect(reply.header("content-type") == "application/problem+json")
  }
}
