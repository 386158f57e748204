using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KlaviyoExport.Klaviyo;

/// <summary>Changes profiles that a <see cref="ProfileWriter"/> has written.</summary>
internal static class ProfileJson
{
    /// <summary>Returns the profile without an attribute. Null when it does not have it.</summary>
    public static byte[]? Without(ReadOnlySpan<byte> profile, ProfilePath path)
    {
        var root = JsonNode.Parse(profile)!.AsObject();
        var attributes = root["attributes"]!.AsObject();
        var group = path.Place switch
        {
            ProfilePlace.Location => "location",
            ProfilePlace.Property => "properties",
            _ => null,
        };
        var holder = group is null ? attributes : attributes[group]?.AsObject();
        if (holder?.Remove(path.Name) is not true)
            return null;
        if (group is not null && holder.Count == 0)
            attributes.Remove(group);
        var buffer = new ArrayBufferWriter<byte>(profile.Length);
        using (var json = new Utf8JsonWriter(buffer, ProfileWriter.Relaxed))
            root.WriteTo(json);
        return buffer.WrittenSpan.ToArray();
    }
}
