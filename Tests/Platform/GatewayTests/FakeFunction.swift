import Foundation
import TestSupport
import Testing

/// A function in bash that keeps the platform's protocol, or breaks it, as the path asks.
enum FakeFunction {
  /// A new folder with an executable of each name, which the caller removes.
  static func folder(_ names: [String] = ["sync"], script: String = script) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gateway-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // By a process of its own: a file that is open for writing here is so in whatever another thread starts meanwhile,
    // and cannot be executed until that one has got going (ETXTBSY).
    let writer = try Command(
      "/bin/sh",
      ["-c", #"for file; do printf %s "$SCRIPT" >"$file" && chmod 755 "$file" || exit 1; done"#, "sh"]
        + names.map { folder.appending(path: $0).path },
      environment: ["SCRIPT": script, "PATH": "/usr/bin:/bin"])
    try #require(writer.status == 0)
    return folder
  }

  /// Waits until so many events to `/hold` have reached a process of that folder.
  static func waitUntilHeld(_ count: Int, in folder: URL) async throws {
    while held(in: folder) < count {
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  static func held(in folder: URL) -> Int {
    (try? String(contentsOf: folder.appending(path: "held"), encoding: .utf8))?.split(separator: "\n").count ?? 0
  }

  /// Lets every held event go on, also those to come.
  static func release(_ folder: URL) throws { try Data().write(to: folder.appending(path: "go")) }

  static let script = #"""
    #!/bin/bash
    end() {
      echo XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX
      echo XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX >&2
    }
    say() { printf '%s\n' "$1" >&3; }
    answer() { end; say "$1"; }
    at_once() { dd bs=64k iflag=fullblock status=none; }

    say '{"ok":true}'
    dir=${BASH_SOURCE[0]%/*}
    events=0
    while IFS= read -r line; do
      events=$((events + 1))
      case $line in
        *'"path":"/echo'*) answer "{\"body\":$line}" ;;
        *'"path":"/count"'*) answer "{\"body\":{\"pid\":$$,\"events\":$events}}" ;;
        *'"path":"/empty-object"'*) answer '{"body":{}}' ;;
        *'"path":"/hold'*|*'"path":"/%68old"'*|*'"path":"//hold"'*)
          echo "$$" >>"$dir/held"
          until [ -e "$dir/go" ]; do sleep 0.02 3>&-; done
          answer "{\"body\":{\"pid\":$$,\"events\":$events}}" ;;
        *'"path":"/environment"'*) answer "{\"body\":\"$(printenv -0 | tr '\0' ';')\",\"headers\":{\"content-type\":\"text/plain\"}}" ;;

        *'"path":"/text"'*) answer '{"body":"<p>\u00e9</p>"}' ;;
        *'"path":"/picture"'*) answer '{"headers":{"Content-Type":"image/png"},"body":"iVBORw=="}' ;;
        *'"path":"/svg"'*) answer '{"headers":{"Content-Type":"image/svg+xml; charset=utf-8"},"body":"PHN2Zy8+"}' ;;
        *'"path":"/atom"'*) answer '{"headers":{"Content-Type":"application/atom+xml"},"body":"<feed/>"}' ;;
        *'"path":"/list"'*) answer '{"statusCode":"201","body":[1, {"a":"}\""}]}' ;;
        *'"path":"/cookies"'*) answer '{"headers":{"set-cookie":["a=1","b=2"],"x-number":7,"x-flag":true},"body":{}}' ;;
        *'"path":"/empty"'*) answer '{}' ;;
        *'"path":"/unchanged"'*) answer '{"statusCode":304,"headers":{"etag":"\"1\""}}' ;;

        *'"path":"/die"'*) exit 1 ;;
        *'"path":"/answer-and-die"'*) answer '{"body":{"last":true}}'; exit 0 ;;
        *'"path":"/hang"'*) exec sleep 60 ;;
        *'"path":"/garbage"'*) answer 'not JSON' ;;
        *'"path":"/unfinished"'*) answer '{"body":{}' ;;
        *'"path":"/error"'*) answer '{"error":"no"}' ;;
        *'"path":"/status"'*) answer '{"statusCode":99}' ;;
        *'"path":"/two-lines"'*) end; printf '{"body":1}\n{"body":2}\n' | at_once >&3 ;;
        *'"path":"/line-and-a-half"'*) end; printf '{"body":1}\n{"bo' | at_once >&3 ;;
        *'"path":"/second-before-end"'*) say '{"body":1}'; say '{"body":2}'; end ;;
        *'"path":"/second-after-end"'*) answer '{"body":{"mine":true}}'; say '{"body":{"stray":true}}' ;;
        *'"path":"/endless-log"'*) say '{"body":1}' ;;
        *'"path":"/too-long"'*) end; head -c 1100000 /dev/zero | tr '\0' x >&3; say '' ;;
      esac
    done
    """#
}
