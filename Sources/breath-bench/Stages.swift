internal import Backend
internal import FunctionRuntime
internal import Glibc
internal import SyncSamples
internal import ToolSupport

/// Where the processor time of a request goes inside of the function. The same code as in the executable runs here, in this
/// process, taken one stage farther each time; a stage costs what it adds. Waiting does not count.
struct Stages {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() async throws -> [Figure] {
    var figures: [Figure] = []
    for (load, count) in [(Load.push(1), 400), (.push(100), 100), (.pull, 200)] {
      figures += try await self.figures(load, workbench.repetitions(count))
    }
    return figures + [try await firstSight()]
  }

  private func figures(_ load: Load, _ count: Int) async throws -> [Figure] {
    let runs = try SampleStage.allCases.map { (stage: $0, run: try StageRun(workbench, load, until: $0)) }
    // In turns, a few at a time, so that a slow moment of the machine is everyone's.
    for _ in 0..<10 {
      for (_, run) in runs { try await run.ask(max(1, count / 10)) }
    }
    var below = 0.0
    return runs.map { stage, run in
      let microseconds = run.microseconds
      defer { below = max(below, microseconds) }
      return Figure(
        what: "\(load.name), \(stage.name)", value: max(0, microseconds - below), unit: "µs",
        method: "processor time it adds, \(count) requests", point: ChartPoint(.stages, stage.name, load.name))
    }
  }

  /// A token that this process has not verified yet.
  private func firstSight() async throws -> Figure {
    let event = try StageRun(workbench, .push(1), until: .event)
    let token = try StageRun(workbench, .push(1), until: .token)
    for _ in 0..<workbench.repetitions(40) {
      try await event.ask(1)
      try await token.ask(1, of: Pusher(workbench, size: 1, as: .event))
    }
    return Figure(
      what: "who calls, a token not seen before", value: max(0, token.microseconds - event.microseconds), unit: "µs",
      method: "the signature and the claims; from then on it is remembered")
  }
}

/// One person's requests, answered in this process up to a stage.
private final class StageRun {
  private let responder: Responder
  private let person: any Person
  private var times: [Duration] = []

  init(_ workbench: Workbench, _ load: Load, until stage: SampleStage) throws {
    let endpoint = Endpoint(.sync, Environment(workbench.environment(of: .sync)))
    var world = World()
    world.logDescriptor = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
    responder = Responder(Function(.sync, routes: stage.routes(endpoint), problem: problem), world: world)
    person = try load.person(workbench, as: .event)
  }

  /// The first answers make the connection, prepare the statements and fill caches: they do not count.
  private static let warming = 5

  /// - Parameter other: whose requests, instead of the person's own.
  func ask(_ count: Int, of other: (any Person)? = nil) async throws {
    let person = other ?? person
    for _ in 0..<count {
      let event = person.next()
      let before = ProcessorTime.own
      let answer = await responder.answer(event)
      times.append(ProcessorTime.own - before)
      guard answer.starts(with: "{\"statusCode\":200".utf8) else {
        throw Failure(.refused, "A stage answered \(String(decoding: answer.prefix(400), as: UTF8.self))")
      }
      if answer.firstRange(of: Array("\"cursor\"".utf8)) != nil { person.take(answer) }
    }
  }

  /// The median: a request that a clean-up of memory hits is not what is asked for.
  var microseconds: Double {
    median(times.dropFirst(times.count > 2 * StageRun.warming ? StageRun.warming : 0).map { $0 / .microseconds(1) })
  }
}

extension SampleStage {
  var name: String {
    switch self {
    case .event: "event in, line out"
    case .token: "who calls"
    case .statements: "body, statements"
    case .pipeline: "pipeline"
    case .answer: "answer"
    }
  }
}
