namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The practice Klaviyo of this server: a sandbox in this process, in which people can try exports before they have an account at Klaviyo.
/// What is sent to it never leaves the machine. The web host registers it. See <see cref="NoPracticeKlaviyo"/>.
/// </summary>
public interface IPracticeKlaviyo
{
    /// <summary>Whether this installation has one.</summary>
    bool IsOffered { get; }

    /// <summary>Returns where it listens and its key. Starts it when it is not running. The key changes with every start.</summary>
    /// <exception cref="KlaviyoUnavailableException">It cannot be started, for example because another process has its data open.</exception>
    Task<PracticeAddress> StartAsync(CancellationToken cancellationToken);

    /// <summary>Deletes everything it has received, and stops it.</summary>
    Task EraseAsync(CancellationToken cancellationToken);
}

/// <summary>For installations without a practice Klaviyo, such as those with several servers.</summary>
internal sealed class NoPracticeKlaviyo : IPracticeKlaviyo
{
    public bool IsOffered => false;

    public Task<PracticeAddress> StartAsync(CancellationToken cancellationToken) =>
        throw new KlaviyoUnavailableException(UnavailableReason.NoPractice, "This installation has no practice Klaviyo.")
        {
            MayHaveArrived = false,
        };

    public Task EraseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Where the practice Klaviyo listens, on this machine only, and the private API key of its account.</summary>
public sealed record PracticeAddress(Uri Address, string Key)
{
    /// <summary>Returns the address, without the key.</summary>
    public override string ToString() => Address.ToString();
}
