using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Lists;

/// <summary>
/// Reads members and their addresses on another thread while the members before are decided about. Half of the work of a pass is reading, so
/// a pass takes half the time.
/// </summary>
internal static class ReadAhead
{
    // Handing over single members would cost more than reading them.
    private const int PartSize = 500;

    // Profiles may have long texts. A part ends when it holds so many characters.
    private const int PartLength = 250_000;

    private const int PartsAhead = 2;

    /// <summary>Returns the members in their order. When their user stops early, reading ends before the enumerator is disposed.</summary>
    /// <param name="profiles">The members. They are enumerated on another thread.</param>
    /// <param name="hasher">Hashes the addresses. Dispose it after the enumerator.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static async IAsyncEnumerable<AddressedProfile> OfAsync(
        IAsyncEnumerable<Profile> profiles,
        EmailHasher hasher,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parts = Channel.CreateBounded<List<AddressedProfile>>(
            new BoundedChannelOptions(PartsAhead) { SingleReader = true, SingleWriter = true }
        );
        var reading = Task.Run(() => FillAsync(profiles, hasher, parts.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var part in parts.Reader.ReadAllAsync(cancellationToken))
            foreach (var member in part)
                yield return member;
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>Never fails: the channel hands the exception over.</summary>
    private static async Task FillAsync(
        IAsyncEnumerable<Profile> profiles,
        EmailHasher hasher,
        ChannelWriter<List<AddressedProfile>> parts,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (part, length) = (new List<AddressedProfile>(PartSize), 0);
            await foreach (var profile in profiles.WithCancellation(cancellationToken))
            {
                part.Add(AddressedProfile.Of(profile, hasher));
                foreach (var value in profile.Values)
                    length += value?.Length ?? 0;
                if (part.Count < PartSize && length < PartLength)
                    continue;
                await parts.WriteAsync(part, cancellationToken);
                (part, length) = (new List<AddressedProfile>(PartSize), 0);
            }
            if (part.Count > 0)
                await parts.WriteAsync(part, cancellationToken);
            parts.Complete();
        }
        catch (Exception exception)
        {
            parts.Complete(exception);
        }
    }
}
