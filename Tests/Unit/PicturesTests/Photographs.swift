import Foundation
import TestSupport
import Testing

/// Samples as Chromium shows them, all in one start; render.py does it.
struct Photographs {
  let folder: URL
  /// By name: how many of a thousand blocks are unlike the reference; all when there is none.
  private var perMille: [String: Double] = [:]

  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  static let references = tests.appending(path: "References")
  static let documentation = Repository.url("docs/pictures")

  /// They take 700 MB of packages, which only CI insists on (BREATH_TEST_PICTURES=1).
  static var arePossible: Bool {
    let environment = ProcessInfo.processInfo.environment
    if environment["BREATH_TEST_PICTURES"] == "1" { return true }
    let programs = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/chromium" }
    let files = ["/usr/lib/python3/dist-packages/PIL", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"]
    return programs.contains(where: FileManager.default.isExecutableFile)
      && files.allSatisfy(FileManager.default.fileExists)
  }

  /// - Parameter samples: each with the name of the reference it is compared with.
  init(_ samples: [(sample: Sample, reference: String)]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "breath-pictures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let list = try samples.map { sample, reference in
      let svg = sample.svg
      try Data(Photographs.inOneFont(svg).utf8).write(to: folder.appending(path: "\(sample.name).svg"))
      let root = try Drawing(svg).root
      let size = try ["width", "height"].map { Int(try root.number($0).rounded(.up)) }
      return "\(sample.name) \(size[0]) \(size[1]) \(sample.scheme) \(reference)\n"
    }
    try Data(list.joined().utf8).write(to: folder.appending(path: "list"))
    let script = Photographs.tests.appending(path: "render.py").path
    let run = try Executable(
      "/usr/bin/python3", arguments: [script, folder.path, Photographs.references.path],
      ["PATH": TestEnvironment.value("PATH")])
    for line in try run.rest() {
      let words = line.split(separator: " ").map(String.init)
      let blocks = try #require(words.count == 3 ? Double(words[1]) : nil, "\(line)")
      perMille[words[0]] = (Double(words[2]) ?? blocks) / blocks * 1000
    }
    try #require(run.finish() == 0 && perMille.count == samples.count, "\(run.log())")
  }

  /// DejaVu Sans, which the scripts install: which of the system's fonts there are differs from machine to machine.
  private static func inOneFont(_ svg: String) -> String {
    svg.replacing(/font-family="[^"]*"/, with: "font-family=\"DejaVu Sans\"")
  }

  func differingPerMille(_ name: String) -> Double { perMille[name] ?? 1000 }

  func renewReferences(of samples: [Sample]) throws {
    try? FileManager.default.removeItem(at: Photographs.references)
    try FileManager.default.createDirectory(at: Photographs.references, withIntermediateDirectories: false)
    for sample in samples {
      let name = "\(sample.name).png"
      try FileManager.default.copyItem(
        at: folder.appending(path: name), to: Photographs.references.appending(path: name))
    }
    try remove()
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }
}
