import Backend
import BreathDomain
import Postgres
import Practice

/// Numbers that are asked of the database in one statement, and so are of one snapshot: where the person stands
/// (`Progress`), and what else a value is made of. How the value is shown is for a `Presenter`.
struct Reading<Value> {
  /// Part of the question that an answer's tag belongs to.
  let name: String
  /// What the value depends on besides what has a version: for most the day and the privacy tier. In a query that has
  /// `Progress` as `progress`.
  var moment = dayAndDetail
  /// Where the value is for, if not where the asker is.
  var zone: StatedZone?

  private let relations: [Relation]
  private let value: (Row) throws -> Value

  /// - Parameter value: throws a `Problem` for what the person has but does not share, or for what only today tells.
  init<each Content>(
    _ name: String, _ sources: repeat Source<each Content>,
    value: @escaping (Progress, repeat each Content) throws -> Value
  ) {
    var relations: [Relation] = []
    for source in repeat each sources { relations.append(source.relation) }
    self.init(name, relations) { row in try value(Progress(row), repeat (each sources).content(row)) }
  }

  private init(_ name: String, _ relations: [Relation], _ value: @escaping (Row) throws -> Value) {
    (self.name, self.relations, self.value) = (name, relations, value)
  }

  func map<Other>(_ transform: @escaping (Value) throws -> Other) -> Reading<Other> {
    var reading = Reading<Other>(name, relations) { row in try transform(try value(row)) }
    (reading.moment, reading.zone) = (moment, zone)
    return reading
  }
}

/// What a value is made of besides `Progress`: a relation, and how its columns are read.
struct Source<Content> {
  fileprivate let relation: Relation
  fileprivate let content: (Row) throws -> Content

  init(
    name: StaticString, query: @escaping (Viewer, _ isKnown: SQL) -> SQL, content: @escaping (Row) throws -> Content
  ) {
    (relation, self.content) = (Relation(name: name, query: query), content)
  }
}

private struct Relation {
  let name: StaticString
  /// One row at most, of arrays where there are many of something; in a query that has `Progress` as `progress`, and the
  /// relations before this one by their names. It must read nothing where `isKnown` is true: the asker has that.
  let query: (Viewer, _ isKnown: SQL) -> SQL
}

extension Source<DayHistory> {
  static func days(_ reach: DayHistory.Reach) -> Source {
    Source(name: "days") { viewer, isKnown in
      DayHistory.query(of: viewer, reach, unless: isKnown)
    } content: { row in
      try DayHistory(row)
    }
  }
}

extension Reading {
  static var dayAndDetail: SQL { "((progress.today - date '1970-01-01') * 2 + (progress.detail = 'sessions')::int)" }

  /// For whoever has nothing of it yet.
  func pipeline(for viewer: Viewer) -> Pipeline<Value> {
    Pipeline(statement(for: viewer, known: nil), row: value)
  }

  /// Where the asker's tag still holds, nothing but `Progress` is read.
  func pipeline(for viewer: Viewer, unless condition: EntityTag.Condition) -> Pipeline<Answer> {
    Pipeline(
      statement(for: viewer, known: condition.known),
      row: { row in
        let tag = try EntityTag(row, condition.question)
        return Answer(tag: tag, value: condition.names(tag) ? nil : try value(row))
      })
  }

  struct Answer {
    /// What the value was made of, whatever is made of the value.
    let tag: EntityTag
    /// Nil where the asker has it already.
    let value: Value?
  }

  private func statement(for viewer: Viewer, known: EntityTag?) -> SQL {
    let isKnown: SQL = """
      (progress.incarnation = \(known?.incarnation) AND progress.version = \(known?.version)
        AND \(moment) = \(known?.moment)) IS TRUE
      """
    var (columns, joins): (SQL, SQL) = ("", "")
    for relation in relations {
      columns = "\(columns), \(raw: relation.name).*"
      joins = """
        \(joins)
        LEFT JOIN LATERAL (
          \(relation.query(viewer, isKnown))
        ) AS \(raw: relation.name) ON true
        """
    }
    return """
      SELECT progress.*, \(moment)::int AS moment\(columns)
      FROM (
        \(Progress.query(for: viewer))
      ) AS progress\(joins)
      """
  }
}
