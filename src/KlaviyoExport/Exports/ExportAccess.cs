using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>
/// Decides what a person may do with exports, depending on their connections. It reads the connections that are shared with the person
/// only once.
/// </summary>
internal sealed class ExportAccess
{
    private readonly Actor _actor;
    private readonly HashSet<int> _shared;

    private ExportAccess(Actor actor, HashSet<int> shared) => (_actor, _shared) = (actor, shared);

    public static async Task<ExportAccess> ReadAsync(AppDb db, Actor actor, CancellationToken cancellationToken)
    {
        // Sharing has no effect for the other roles.
        if (!actor.Role.IsContributor())
            return new(actor, []);
        var shared = db.Set<Connection>()
            .Where(connection =>
                connection.Sharing == Sharing.AllContributors
                || (connection.Sharing == Sharing.ChosenContributors && connection.Shares.Any(share => share.UserId == actor.Id))
            );
        return new(actor, await shared.Select(connection => connection.Id).ToHashSetAsync(cancellationToken));
    }

    /// <param name="connectionId">Null for a detached export, which only an administrator can change.</param>
    public bool MayEdit(int? connectionId) => EditExports.Rule.Allows(_actor, IsShared(connectionId));

    public bool MayRun(int? connectionId) => RunExports.Rule.Allows(_actor, IsShared(connectionId));

    public ExportPermissions To(int? connectionId) =>
        new(MayEdit(connectionId), MayRun(connectionId), SeeRejectedEmails.Rule.Allows(_actor, IsShared(connectionId)));

    private bool IsShared(int? connectionId) => connectionId is { } id && _shared.Contains(id);
}
