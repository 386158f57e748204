namespace KlaviyoExport.Tests;

/// <summary>
/// What a test needs in addition to this process, as <c>[Trait(Needs.Trait, …)]</c>. <c>./test.sh fast</c> omits these tests, and those
/// with <see cref="StorePlace.Trait"/> of a server.
/// </summary>
internal static class Needs
{
    public const string Trait = "Needs";

    /// <summary>A database server.</summary>
    public const string Server = nameof(Server);

    /// <summary>The application in a process of its own.</summary>
    public const string Process = nameof(Process);

    /// <summary>An OpenID Connect provider, in this process or in one of its own.</summary>
    public const string Provider = nameof(Provider);

    /// <summary>Seconds, because it waits, for example for a timeout, or has very many cases.</summary>
    public const string Time = nameof(Time);
}
