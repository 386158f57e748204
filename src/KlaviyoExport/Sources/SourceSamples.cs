using System.Security.Cryptography;
using System.Text.Json;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Sources;

/// <summary>
/// Keeps the sample values of fields, which are values of customers, encrypted in the store: <see cref="Source.Fields"/> is stored without
/// them.
/// </summary>
public sealed class SourceSamples(IDbContextFactory<AppDb> stores, SecretProtector secrets) : IHostedService
{
    /// <summary>Returns fields as they are stored in clear text: without values.</summary>
    internal static List<Field> WithoutValues(IEnumerable<Field> fields) =>
        [.. fields.Select(field => field with { Samples = [], Doubt = field.Doubt is { } doubt ? doubt with { Example = "" } : null })];

    /// <summary>Encrypts the values of the fields of a source, so that they are stored with it.</summary>
    internal void Keep(Source source) =>
        source.Samples = secrets.ProtectPayload(
            JsonSerializer.SerializeToUtf8Bytes(
                source.Fields.ToDictionary(field => field.Name, field => new Values(field.Samples, field.Doubt?.Example)),
                JsonSerializerOptions.Default
            )
        );

    /// <summary>Fills in the values of the fields of a source from the store. Without the keys of the installation there are none.</summary>
    public void Reveal(Source source)
    {
        var values = ValuesOf(source.Samples);
        source.Fields = source.Fields.ConvertAll(field =>
            field.Samples.Count == 0 && values.TryGetValue(field.Name, out var known)
                ? field with
                {
                    Samples = known.Samples,
                    Doubt = field.Doubt is { } doubt ? doubt with { Example = known.Example ?? "" } : null,
                }
                : field
        );
    }

    /// <summary>
    /// Deletes the samples of the sources that have one of the texts among them, until the sources are loaded again. The caller saves.
    /// </summary>
    internal async Task ForgetAsync(AppDb db, IReadOnlyCollection<string> texts, CancellationToken cancellationToken)
    {
        foreach (var source in await db.Set<Source>().Where(source => source.Samples != null).ToListAsync(cancellationToken))
            if (ValuesOf(source.Samples).Values.Any(known => known.Samples.Append(known.Example).Any(IsOne)))
                source.Samples = null;

        bool IsOne(string? value) => value is not null && texts.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Encrypts the samples that a version before has stored in clear text.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var open = (await db.Set<Source>().Where(source => source.Samples == null).ToListAsync(cancellationToken)).FindAll(source =>
            source.Fields.Exists(field => field.Samples.Count > 0)
        );
        foreach (var source in open)
        {
            Keep(source);
            db.Entry(source).Property(one => one.Fields).IsModified = true;
        }
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another server that starts at the same time has done it.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Dictionary<string, Values> ValuesOf(byte[]? stored)
    {
        if (stored is null)
            return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Values>>(secrets.UnprotectPayload(stored)) ?? [];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private sealed record Values(IReadOnlyList<string> Samples, string? Example);
}
