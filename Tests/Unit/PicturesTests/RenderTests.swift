import Foundation
import Pictures
import Testing

/// What a person sees: each sample photographed in Chromium, and compared with a photograph that somebody looked at.
///
/// After a change that was meant, `BREATH_RENEW_PICTURES=1 scripts/test.sh --filter PicturesTests` writes References/ and
/// the samples of docs/pictures anew. Look at them before they are committed.
@Suite struct RenderTests {
  /// Of a thousand blocks. One digit more or less in a card is above it.
  static let differingPerMilleMax = 0.5

  static var isRenewing: Bool { ProcessInfo.processInfo.environment["BREATH_RENEW_PICTURES"] == "1" }

  @Test(.enabled(if: Photographs.arePossible, "needs chromium, python3-pil and fonts-dejavu-core"))
  func `pictures look as they did when somebody looked at them`() throws {
    // One that must be found to differ, in the same session.
    let changed = Sample.card.with(streakDays: 18)
    let other = Sample(name: "changed", picture: changed, look: Look(theme: .light, width: 800))
    let photographs = try Photographs(Sample.all.map { ($0, $0.name) } + [(other, "card-light-800")])
    if RenderTests.isRenewing { return try photographs.renewReferences(of: Sample.all) }

    let unlike = Sample.all.map(\.name).filter { photographs.differingPerMille($0) > RenderTests.differingPerMilleMax }
    #expect(unlike.isEmpty, "compare \(photographs.folder.path) with \(Photographs.references.path)")
    #expect(photographs.differingPerMille("changed") > RenderTests.differingPerMilleMax, "18 days for 12 is not seen")
    if unlike.isEmpty { try photographs.remove() }
  }

  @Test(.disabled(if: isRenewing)) func `each sample has a reference, and each reference a sample`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Photographs.references.path)
    #expect(files.sorted() == Sample.all.map { "\($0.name).png" }.sorted())
  }

  @Test func `the samples in the documentation are what the code draws`() throws {
    for (name, svg) in Sample.documented {
      let file = Photographs.documentation.appending(path: "\(name).svg")
      if RenderTests.isRenewing { try Data(svg.utf8).write(to: file) }
      #expect(try String(contentsOf: file, encoding: .utf8) == svg, "\(name): renew the pictures")
    }
  }
}
