import StrictJSON
import Testing

/// What a person sees who opens the server in a browser.
@Suite struct PageTests {
  @Test func `a browser gets a page, and a program what it got before`() async throws {
    try await TestGateway.run { gateway in
      let page = try await gateway.send("GET", "/", headers: [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")])
      #expect(page.status == 200 && page["content-type"] == ["text/html; charset=utf-8"])
      #expect(page.text.contains("<h1>Breath Master Sync</h1>") && page.text.contains("breath status"))
      for accept in [[], [("Accept", "*/*")], [("Accept", "application/json")]] {
        #expect(try await gateway.send("GET", "/", headers: accept).json["name"] == "Breath Master Sync")
      }
    }
  }

  /// RFC 8628 sends people to `verification_uri`, which is /connect where nobody says otherwise.
  @Test func `the address that a device grant names is there, and says what to do`() async throws {
    try await TestGateway.run { gateway in
      let page = try await gateway.send("GET", "/connect")
      #expect(page.status == 200 && page.text.contains("breath approve CODE"))
      #expect(page["content-security-policy"].first?.hasPrefix("default-src 'none'") == true)
      #expect(!page.text.contains("<script") && !page.text.contains("src="))
      #expect(try await gateway.send("GET", "/connect/other").status == 404)
    }
  }
}
