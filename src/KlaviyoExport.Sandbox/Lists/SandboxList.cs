namespace KlaviyoExport.Sandbox.Lists;

/// <summary>One list of an account.</summary>
internal sealed record SandboxList(string Id, string Name, bool DoubleOptIn, DateTimeOffset Created)
{
    public DateTimeOffset Updated { get; set; } = Created;

    public Membership Members { get; } = new();

    public string OptInProcess => DoubleOptIn ? "double_opt_in" : "single_opt_in";
}
