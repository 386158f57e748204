namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>
/// A sparse fieldset: everything, or the named attributes, where naming <c>location.city</c> asks for that part of <c>location</c>.
/// </summary>
internal sealed class FieldSet(IReadOnlyCollection<string>? names)
{
    public static FieldSet All { get; } = new(null);

    public bool IsAll => names is null;

    public bool Includes(string name) => names is null || names.Contains(name);

    /// <summary>True when the attribute itself or any part of it was asked for.</summary>
    public bool Touches(string name) => names is null || names.Any(n => n == name || n.StartsWith(name + ".", StringComparison.Ordinal));

    /// <summary>The fieldset of an attribute's parts.</summary>
    public FieldSet Within(string name) =>
        Includes(name)
            ? All
            : new FieldSet([.. names!.Where(n => n.StartsWith(name + ".", StringComparison.Ordinal)).Select(n => n[(name.Length + 1)..])]);
}
