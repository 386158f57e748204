namespace KlaviyoExport.People;

/// <summary>Who asks a service to do something: a signed-in person, or the product itself.</summary>
public sealed record Actor(string Id, string Name, Role Role)
{
    /// <summary>The scheduler and the recovery after a restart.</summary>
    public static Actor System { get; } = new("system", "System", Role.Administrator);
}
