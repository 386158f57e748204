using System.Net;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>
/// The body of a bulk import as it is written to the connection. The profiles are read anew for each attempt of the call, so the whole
/// body is never in memory.
/// </summary>
/// <param name="listId">The list.</param>
/// <param name="profiles">The profiles, separated by commas.</param>
internal sealed class ImportContent(string listId, ImportProfiles profiles) : HttpContent
{
    private readonly byte[] _prefix = ImportBody.Prefix(listId);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_prefix, cancellationToken);
        await using (var source = profiles.Open())
            await source.CopyToAsync(stream, cancellationToken);
        await stream.WriteAsync(ImportBody.Suffix.ToArray(), cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _prefix.Length + profiles.Length + ImportBody.Suffix.Length;
        return true;
    }
}
