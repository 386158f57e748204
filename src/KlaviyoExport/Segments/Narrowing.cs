namespace KlaviyoExport.Segments;

/// <summary>The part of a definition that is expressed in SQL.</summary>
/// <param name="Sql">A condition that all members meet. Null when nothing is expressed.</param>
/// <param name="Conditions">What became of each condition.</param>
internal sealed record Narrowing(string? Sql, IReadOnlyList<ConditionReading> Conditions)
{
    /// <summary>The narrowing of what has no conditions.</summary>
    public static Narrowing Nothing { get; } = new(null, []);

    /// <summary>Whether something is expressed of each of the parts.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Returns the same conditions, with none of them expressed.</summary>
    public Narrowing Undone() => new(null, [.. Conditions.Select(condition => condition with { Pushdown = Pushdown.None })]);
}
