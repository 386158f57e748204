using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>What the audit says about a connection before and after a change. Never its key.</summary>
internal sealed record ConnectionFacts(
    string Name,
    Sharing Sharing,
    IReadOnlyList<string> Contributors,
    int? MaxProfilesPerExport,
    SecretPlace? KeyFrom,
    string KeyEnding
)
{
    /// <summary>The shares of the connection must be loaded.</summary>
    public static async Task<ConnectionFacts> ReadAsync(AppDb db, Connection connection, CancellationToken cancellationToken)
    {
        var ids = connection.Shares.Select(share => share.UserId).ToList();
        return new ConnectionFacts(
            connection.Name,
            connection.Sharing,
            await db.Set<AppUser>().Where(user => ids.Contains(user.Id)).Select(user => user.DisplayName).ToListAsync(cancellationToken),
            connection.MaxProfilesPerExport,
            connection.KeyFrom,
            connection.ApiKeyEnding
        );
    }

    public LocalizedMessage? ChangesTo(ConnectionFacts now) =>
        new AuditChanges()
            .Add("Name", Name, now.Name)
            .Add(
                "Sharing",
                new LocalizedMessage($"Connections.Sharing.{Sharing}"),
                new LocalizedMessage($"Connections.Sharing.{now.Sharing}")
            )
            .Add("Contributors", Contributors, now.Contributors)
            .ToMessage();

    public LocalizedMessage? LimitTo(ConnectionFacts now) =>
        new AuditChanges().Add("Limit", LimitOf(MaxProfilesPerExport), LimitOf(now.MaxProfilesPerExport)).ToMessage();

    public LocalizedMessage? KeyTo(ConnectionFacts now) =>
        new AuditChanges()
            .Add("KeyPlace", SecretPlace.MessageOf(KeyFrom), SecretPlace.MessageOf(now.KeyFrom))
            .Add("KeyEnding", KeyEnding, now.KeyEnding)
            .ToMessage();

    private static LocalizedMessage LimitOf(int? max) =>
        max is { } own ? new LocalizedMessage("Connections.LimitOwn", own) : new LocalizedMessage("Connections.LimitOfInstallation");
}
