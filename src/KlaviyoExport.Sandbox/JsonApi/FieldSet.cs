namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>A sparse fieldset: all attributes or the named ones. <c>location.city</c> requests that part of <c>location</c>.</summary>
internal sealed class FieldSet(IReadOnlyCollection<string>? names)
{
    public static FieldSet All { get; } = new(null);

    public bool IsAll => names is null;

    public bool Includes(string name) => names is null || names.Contains(name);

    /// <summary>Whether the attribute or any part of it was requested.</summary>
    public bool Touches(string name) => names is null || names.Any(n => n == name || n.StartsWith(name + ".", StringComparison.Ordinal));

    /// <summary>Returns the fieldset of the parts of an attribute.</summary>
    public FieldSet Within(string name) =>
        Includes(name)
            ? All
            : new FieldSet([.. names!.Where(n => n.StartsWith(name + ".", StringComparison.Ordinal)).Select(n => n[(name.Length + 1)..])]);
}
