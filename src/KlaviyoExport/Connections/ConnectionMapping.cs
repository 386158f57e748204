using KlaviyoExport.Data;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Connections;

internal sealed class ConnectionMapping
    : IEntityTypeConfiguration<Connection>,
        IEntityTypeConfiguration<ConnectionShare>,
        IEntityTypeConfiguration<ConnectionDraft>,
        IEntityTypeConfiguration<KlaviyoSignIn>
{
    public void Configure(EntityTypeBuilder<Connection> builder)
    {
        builder.ToTable("Connections");
        builder.Property(connection => connection.Name).HasMaxLength(100);
        builder.HasIndex(connection => connection.Name).IsUnique();
        // The name is older than the other places.
        builder.Property(connection => connection.KeyFrom).HasColumnName("KeyVaultSecret").IsSecretPlace();
        builder.Property(connection => connection.Consent).IsJson();
        builder.HasMany(connection => connection.Shares).WithOne().HasForeignKey(share => share.ConnectionId);
    }

    public void Configure(EntityTypeBuilder<ConnectionShare> builder) => builder.HasKey(share => new { share.ConnectionId, share.UserId });

    public void Configure(EntityTypeBuilder<ConnectionDraft> builder)
    {
        builder.ToTable("ConnectionDrafts");
        builder.Property(draft => draft.Name).HasMaxLength(100);
        builder.Property(draft => draft.KeyFrom).HasColumnName("KeyVaultSecret").IsSecretPlace();
        builder.Property(draft => draft.Check).IsJson();
        builder.Property(draft => draft.Agreement).IsJson();
        builder.Property(draft => draft.ChosenContributors).IsJson();
        builder.HasIndex(draft => draft.OwnerId);
    }

    public void Configure(EntityTypeBuilder<KlaviyoSignIn> builder)
    {
        builder.ToTable("KlaviyoSignIns");
        builder.HasIndex(signIn => signIn.StateHash).IsUnique();
        builder.HasOne<ConnectionDraft>().WithMany().HasForeignKey(signIn => signIn.DraftId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Connection>().WithMany().HasForeignKey(signIn => signIn.ConnectionId).OnDelete(DeleteBehavior.Cascade);
    }
}
