using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>
/// Compares the names and secrets in a file with the installation: people, environment variables, and items that only the installation has.
/// </summary>
internal sealed class WantedConfiguration(IDbContextFactory<AppDb> stores, SecretReader secrets)
{
    /// <summary>Returns the document with what it leaves to the installation filled in. Adds all faults.</summary>
    public async Task<ConfigurationDocument> CompleteAsync(
        ConfigurationDocument wanted,
        PresentConfiguration present,
        FaultList faults,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var people = await db.Set<AppUser>().AsNoTracking().ToListAsync(cancellationToken);
        var completed = wanted with
        {
            Connections = wanted.Connections is null
                ? null
                : [.. wanted.Connections.Select(connection => Completed(connection, present, people, faults))],
            Exports = wanted.Exports is null ? null : [.. wanted.Exports.Select(export => Completed(export, people, faults))],
        };
        foreach (var connection in completed.Connections ?? [])
            Demand(connection.Key, SecretUse.KlaviyoKey, connection.Name, faults);
        foreach (var source in completed.Sources ?? [])
        {
            Check(source, present, faults);
            Demand(source.Password, SecretUse.SourcePassword, source.Name, faults);
        }
        foreach (var webhook in completed.Alerts?.Webhooks ?? [])
            Check(webhook, present, faults);
        CheckNames(completed, present.Document, faults);
        return completed;
    }

    private static DeclaredConnection Completed(
        DeclaredConnection connection,
        PresentConfiguration present,
        List<AppUser> people,
        FaultList faults
    )
    {
        var stored = present.Connections.GetValueOrDefault(connection.Name.Text);
        if (stored is null && connection.DataPrivacy is null)
            faults.Add(connection.Name.At, "Connections.ConsentNeeded");
        // The stored key stays when it is not known here.
        if (connection.Key.Env is { } variable && SecretNames.ValueOf(variable) is null && stored?.ApiKey is null)
            faults.Add(connection.Name.At, "ConfigurationFiles.VariableUnset", variable, connection.Name.Text);
        return connection with
        {
            DataPrivacy = ConnectionShapes.Agreement,
            Contributors = connection.Contributors is null
                ? null
                : [.. connection.Contributors.Select(name => Person(name, people, Role.Contributor, faults))],
            ExportUser = ExportUserOf(connection, stored?.ExportUserId, people, faults),
        };
    }

    private static DeclaredExport Completed(DeclaredExport export, List<AppUser> people, FaultList faults) =>
        export with
        {
            Alerts = export.Alerts with
            {
                People = [.. export.Alerts.People.Select(name => Person(name, people, faults)).DistinctBy(name => name.Text)],
            },
        };

    /// <returns>Null when the connection keeps the export user that it has.</returns>
    private static ItemName? ExportUserOf(DeclaredConnection connection, string? stored, List<AppUser> people, FaultList faults)
    {
        if (connection.ExportUser is not { } name)
            return null;
        var user = Person(name, people, Role.Administrator, faults);
        return FindPerson(user.Text, people)?.Id == stored ? default(ItemName?) : user;
    }

    private static ItemName Person(ItemName name, List<AppUser> people, Role role, FaultList faults)
    {
        if (FindPerson(name.Text, people) is { } found && found.Role == role)
            return name with { Text = NameOf(found) };
        faults.Add(name.At, "ConfigurationFiles.PersonUnknown", name.Text, role.ToMessage());
        return name;
    }

    private static ItemName Person(ItemName name, List<AppUser> people, FaultList faults)
    {
        if (FindPerson(name.Text, people) is { } found)
            return name with { Text = NameOf(found) };
        faults.Add(name.At, "ConfigurationFiles.NobodyKnown", name.Text);
        return name;
    }

    /// <summary>Finds the person who signs in with a name.</summary>
    public static AppUser? FindPerson(string name, IEnumerable<AppUser> people) =>
        people.FirstOrDefault(user => NameOf(user).Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The email address with which a person signs in.</summary>
    public static string NameOf(AppUser user) => user.Email ?? user.UserName ?? user.Id;

    private static void Check(DeclaredSource source, PresentConfiguration present, FaultList faults)
    {
        var stored = present.Sources.GetValueOrDefault(source.Name.Text);
        if (stored is not null && stored.Kind != source.Kind)
            faults.Add(source.Name.At, "Sources.KindFixed");
        if (source.Password?.Env is { } variable && SecretNames.ValueOf(variable) is null && SecretNames.NeedsPassword(source, stored))
            faults.Add(source.Name.At, "ConfigurationFiles.VariableUnset", variable, source.Name.Text);
    }

    /// <summary>Demands that this installation may read the place of a secret.</summary>
    private void Demand(SecretReference? reference, SecretUse use, ItemName of, FaultList faults)
    {
        try
        {
            if (reference?.Place is { } place)
                secrets.Demand(place, use);
        }
        catch (SecretException fault)
        {
            faults.Add(of.At, fault.LocalizedMessage);
        }
    }

    private static void Check(DeclaredWebhook webhook, PresentConfiguration present, FaultList faults)
    {
        var stored = present.Webhooks.GetValueOrDefault(webhook.Name.Text);
        Demand(webhook.Url, stored?.Url);
        Demand(webhook.Secret, stored?.Secret);

        void Demand(SecretReference? secret, byte[]? kept)
        {
            if (secret?.Env is { } variable && SecretNames.ValueOf(variable) is null && kept is null)
                faults.Add(webhook.Name.At, "ConfigurationFiles.VariableUnset", variable, webhook.Name.Text);
        }
    }

    private static void CheckNames(ConfigurationDocument wanted, ConfigurationDocument present, FaultList faults)
    {
        var connections = Names(wanted.Connections, present.Connections!, item => item.Name);
        var sources = Names(wanted.Sources, present.Sources!, item => item.Name);
        var segments = Names(wanted.Segments, present.Segments!, item => item.Name);
        foreach (var segment in wanted.Segments ?? [])
        {
            Demand(segment.Source, sources, "ConfigurationFiles.SourceUnknown", faults);
            foreach (var reference in segment.References)
                Demand(reference, segments, "ConfigurationFiles.SegmentUnknown", faults);
        }
        SegmentSequence.Of(
            wanted.Segments ?? [],
            circle => faults.Add(circle.Name.At, "ConfigurationFiles.SegmentCircle", circle.Name.Text)
        );
        foreach (var export in wanted.Exports ?? [])
        {
            if (export.Connection is { } connection)
                Demand(connection, connections, "ConfigurationFiles.ConnectionUnknown", faults);
            else if (present.Exports!.FirstOrDefault(other => other.Name.Text == export.Name.Text) is not { Connection: null })
                faults.Add(export.Name.At, "ConfigurationFiles.KeyMissing", "connection");
            Demand(export.Source, sources, "ConfigurationFiles.SourceUnknown", faults);
            foreach (var segment in export.Segments.Concat(export.ExcludedSegments))
                Demand(segment, segments, "ConfigurationFiles.SegmentUnknown", faults);
        }
    }

    private static HashSet<string> Names<T>(IEnumerable<T>? wanted, IEnumerable<T> present, Func<T, ItemName> name) =>
        (wanted ?? []).Concat(present).Select(item => name(item).Text).ToHashSet(StringComparer.Ordinal);

    private static void Demand(ItemName name, HashSet<string> known, string code, FaultList faults)
    {
        if (known.Contains(name.Text))
            return;
        if (Nearest.To(name.Text, known) is { } near)
            faults.Add(name.At, code + "Near", name.Text, near);
        else
            faults.Add(name.At, code, name.Text);
    }
}
