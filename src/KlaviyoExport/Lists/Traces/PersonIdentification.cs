using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists.Traces;

/// <summary>
/// Decides who is meant by an address or a key, for actions on all data of a person. An address is one person. A key is one person only
/// when it does not have different addresses in different sources.
/// </summary>
internal sealed class PersonIdentification(PersonSearch search, SecretProtector secrets)
{
    /// <returns>The person, and the exports in whose sources the person is now.</returns>
    /// <exception cref="LocalizedException">The key belongs to several people.</exception>
    public async Task<(SoughtPerson Person, IReadOnlyList<int> ExportIds)> IdentifyAsync(
        AppDb db,
        string text,
        CancellationToken cancellationToken
    )
    {
        var exports = await db.Set<Export>()
            .AsNoTracking()
            .AsSplitQuery()
            .Include(export => export.Source)
            .Include(export => export.Segments)
            .Include(export => export.ExcludedSegments)
            .ToListAsync(cancellationToken);
        if (!EmailAddress.TryNormalize(text, out var address))
        {
            var holders = await HoldersAsync(db, text, await search.FindAsync(text, exports, cancellationToken), cancellationToken);
            address = AddressOf(holders);
            if (address is null)
            {
                var byKey = new SoughtPerson(null);
                foreach (var (source, key, _) in holders)
                    byKey.Add(source, key);
                return (
                    byKey,
                    [.. exports.Where(export => holders.Any(holder => holder.Source == export.SourceId)).Select(export => export.Id)]
                );
            }
        }

        var person = new SoughtPerson(address);
        var found = await search.FindAsync(address, exports, cancellationToken);
        foreach (var one in found)
        foreach (var profile in one.Profiles.Where(profile => profile.Address == address))
            person.Add(one.Export.SourceId, profile.Key);
        return (person, [.. found.Where(one => one.Profiles.Any(profile => profile.Address == address)).Select(one => one.Export.Id)]);
    }

    /// <exception cref="LocalizedException">The key belongs to several people.</exception>
    private static string? AddressOf(HashSet<(int Source, string Key, string? Address)> holders)
    {
        var addresses = holders.Select(holder => holder.Address).OfType<string>().Distinct().ToList();
        return addresses.Count switch
        {
            1 => addresses[0],
            0 when holders.Count <= 1 => null,
            _ => throw new LocalizedException(new LocalizedMessage("Lists.PersonAmbiguous")),
        };
    }

    /// <summary>Finds the sources that know a key, now or in an earlier run, and the address they have for it.</summary>
    private async Task<HashSet<(int Source, string Key, string? Address)>> HoldersAsync(
        AppDb db,
        string key,
        IReadOnlyList<PersonInSource> found,
        CancellationToken cancellationToken
    )
    {
        var holders = found
            .SelectMany(one =>
                one.Profiles.Where(profile => profile.Key == key || profile.Address is null)
                    .Select(profile => (one.Export.SourceId, profile.Key, profile.Address))
            )
            .ToHashSet();
        if (holders.Count > 0)
            return holders;
        var sources = found
            .Select(one => one.Export)
            .DistinctBy(export => export.Id)
            .ToDictionary(export => export.Id, export => export.SourceId);
        var rejections = await db.Set<Rejection>()
            .Where(row => row.ProfileKey == key)
            .Join(db.Set<Run>(), row => row.RunId, run => run.Id, (row, run) => new { run.ExportId, row.Email })
            .ToListAsync(cancellationToken);
        var differences = await db.Set<ListDifference>()
            .Where(row => row.ProfileKey == key)
            .Join(db.Set<ListCheck>(), row => row.CheckId, check => check.Id, (row, check) => new { row.Email, check.RunId })
            .Join(db.Set<Run>(), row => row.RunId, run => run.Id, (row, run) => new { run.ExportId, row.Email })
            .ToListAsync(cancellationToken);
        holders.UnionWith(rejections.Concat(differences).Select(row => (sources[row.ExportId], key, AddressIn(row.Email))));
        return holders;
    }

    private string? AddressIn(byte[]? email) =>
        email is not null && EmailAddress.TryNormalize(secrets.UnprotectEmail(email), out var address) ? address : null;
}
