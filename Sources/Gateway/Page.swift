internal import Hummingbird
internal import NIOCore

/// What a person sees who opens the server in a browser, until the dashboard is there: what this is, and what to type where.
/// No script, nothing from elsewhere.
enum Page {
  static let home = page(
    "Breath Master Sync",
    """
    <p>This server keeps the practice of <a href="https://github.com/GSejas/breath_master">Breath Master</a> in step on all
    of a person’s machines. It is running.</p>
    <p>In a terminal: <code>breath status</code> shows where you stand, <code>breath pair</code> brings another machine
    in, <code>breath --help</code> lists the rest. Programs find the interface under <code>/v1</code>
    (<code>functions/openapi.yaml</code>, <code>docs/api.md</code>).</p>
    """)

  /// Where a program sends people that wants to be let in (`verification_uri`, RFC 8628).
  static let connect = page(
    "Let a program in",
    """
    <p>An editor or a terminal shows you a code and sent you here. You let it in from a machine that is signed in already.
    There, in a terminal:</p>
    <pre><code>breath approve CODE</code></pre>
    <p>It tells you who asks before anything is decided. Only do this when it was you who started the other program, just
    now: whoever gets in sees and changes your practice.</p>
    <p>No machine of yours is signed in here yet? Then the program needs no code: it can begin by itself.</p>
    """)

  private static func page(_ title: String, _ body: String) -> Response {
    let html = """
      <!DOCTYPE html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      :root { color-scheme: light dark }
      body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem }
      h1 { font-weight: 500 }
      pre { padding: 1rem; border: 1px solid; border-radius: .5rem; overflow-x: auto }
      </style>
      <h1>\(title)</h1>
      \(body)
      </html>

      """
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache", .vary: "Accept",
        .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        .xContentTypeOptions: "nosniff",
      ],
      body: .init(byteBuffer: ByteBuffer(string: html)))
  }
}

extension HTTPRequest {
  /// A browser says so; everybody else gets JSON.
  var asksForHTML: Bool { headerFields[.accept]?.contains("text/html") == true }
}
