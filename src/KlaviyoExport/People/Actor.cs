namespace KlaviyoExport.People;

/// <summary>The caller of a service: a signed-in person, or the product itself.</summary>
public sealed record Actor(string Id, string Name, Role Role)
{
    /// <summary>
    /// The network address of the browser or program that sent the request, or "console" for a command. Null for the product itself and
    /// when the server does not know it.
    /// </summary>
    public string? From { get; init; }

    /// <summary>The product itself, for work that no person starts, such as scheduled runs and recovery after a restart.</summary>
    public static Actor System { get; } = new("system", "System", Role.Administrator);

    /// <summary>Whoever runs a command on the machine of the product, and may therefore read its store and keys anyway.</summary>
    public static Actor Console { get; } = new("console", "Console", Role.Administrator) { From = "console" };
}
