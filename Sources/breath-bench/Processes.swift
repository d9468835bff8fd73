internal import FoundationEssentials
internal import Glibc

/// How long processes have kept processors busy, user and system together (Linux). Other load on the machine disturbs it
/// much less than it does waiting times, so it is what to compare when a machine is shared.
enum ProcessorTime {
  /// Processor time of this process.
  static var own: Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Processor time of a process and all its threads, to the nanosecond; zero when it is gone.
  static func of(_ pid: pid_t) -> Duration {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
    return threads.reduce(.zero) { sum, thread in
      // "running waiting slices": nanoseconds first.
      let fields = Proc.text("\(pid)/task/\(thread)/schedstat").split(separator: " ")
      return sum + .nanoseconds(fields.first.flatMap { Int64($0) } ?? 0)
    }
  }
}

/// A process as /proc shows it.
struct Proc {
  let pid: pid_t
  let name: String
  let parent: pid_t
  /// Processor time of children that have ended, by ticks of 10 ms.
  let endedChildren: Duration

  /// Nil when there is none of that number.
  init?(_ pid: pid_t) {
    // "pid (name) state parent …": 16 and 17 are cutime and cstime. A name may hold spaces and brackets.
    let text = Proc.text("\(pid)/stat")
    guard let opening = text.firstIndex(of: "("), let closing = text.lastIndex(of: ")") else { return nil }
    let fields = text[closing...].split(separator: " ").dropFirst()
    guard fields.count > 15, let parent = fields.dropFirst().first.flatMap({ pid_t($0) }) else { return nil }
    self.pid = pid
    self.parent = parent
    name = String(text[text.index(after: opening)..<closing])
    endedChildren = .milliseconds(10) * fields.dropFirst(13).prefix(2).compactMap { Int($0) }.reduce(0, +)
  }

  static var all: [Proc] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.compactMap(Proc.init)
  }

  static func text(_ path: String) -> String {
    (try? String(contentsOf: URL(filePath: "/proc/\(path)"), encoding: .utf8)) ?? ""
  }
}

/// Who keeps the processors busy while a load runs, from now on.
struct ProcessorShares {
  /// By part, in the order of the way of a request.
  static let parts = ["client", "gateway", "functions", "PostgreSQL"]

  private let postmaster: pid_t
  private let serving: pid_t?
  private var before: [String: Duration] = [:]

  /// - Parameters:
  ///   - postmaster: PostgreSQL's first process.
  ///   - serving: the process above `breath serve`; nil when there is none.
  init(postmaster: pid_t, serving: pid_t? = nil) {
    self.postmaster = postmaster
    self.serving = serving
    before = now
  }

  /// Since the beginning.
  var sums: [String: Duration] { now.merging(before) { $0 - $1 } }

  private var now: [String: Duration] {
    let all = Proc.all
    let backends = all.filter { $0.parent == postmaster }
    let gateways = all.filter { $0.parent == serving && $0.name == "breath" }
    let functions = all.filter { process in gateways.contains { $0.pid == process.parent } }
    func sum(_ processes: [Proc]) -> Duration { processes.reduce(.zero) { $0 + ProcessorTime.of($1.pid) } }
    let ended = Proc(postmaster)?.endedChildren ?? .zero
    return [
      "client": ProcessorTime.own, "gateway": sum(gateways), "functions": sum(functions),
      "PostgreSQL": sum(backends) + ended,
    ]
  }
}
