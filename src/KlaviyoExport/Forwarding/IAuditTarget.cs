using KlaviyoExport.People;

namespace KlaviyoExport.Forwarding;

/// <summary>A receiver of audit entries.</summary>
internal interface IAuditTarget
{
    /// <summary>The name under which its position is stored.</summary>
    string Name { get; }

    /// <summary>Whether the configuration names it.</summary>
    bool IsConfigured { get; }

    /// <summary>Sends sealed entries in their order. Returns when the receiver has them, as far as its protocol tells.</summary>
    /// <exception cref="ForwardingException">The receiver cannot be reached or refuses them. It may have some of them.</exception>
    Task SendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);
}

/// <summary>Entries could not be sent. The message is English and contains no secret.</summary>
internal sealed class ForwardingException(string message, Exception? inner = null) : Exception(message, inner);
