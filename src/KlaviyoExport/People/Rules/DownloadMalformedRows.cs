namespace KlaviyoExport.People.Rules;

/// <summary>
/// Download the rows of a source that were left out, with all their values, which is needed to correct them. Allowed for administrators.
/// </summary>
public sealed class DownloadMalformedRows : Rule
{
    public static DownloadMalformedRows Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
