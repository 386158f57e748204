namespace KlaviyoExport.Sources.Remote;

/// <summary>What a look at the files of a store has found.</summary>
/// <param name="Fields">
/// The fields of the newest file, of its first rows. Null when the files are those of the last look, and for a large file of which no part
/// can be read by itself.
/// </param>
/// <param name="Seen">The value of <see cref="RemoteLoad.Seen"/> for the files.</param>
internal sealed record RemoteLook(IReadOnlyList<Field>? Fields, string Seen);
