using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Lists;

internal sealed class ListMapping
    : IEntityTypeConfiguration<Membership>,
        IEntityTypeConfiguration<RemovedMember>,
        IEntityTypeConfiguration<ListCheck>,
        IEntityTypeConfiguration<ListDifference>
{
    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.ToTable("Memberships");
        builder.HasKey(row => new { row.ExportId, row.EmailHash });
        // No foreign key: checking it for each of a million rows takes longer than writing them. MembershipChanges deletes the rows.
        builder.Property(row => row.EmailHash).HasMaxLength(16);
        // A number: there may be a million rows.
        builder.Property(row => row.State).HasConversion<byte>().Metadata.SetMaxLength(null);
        builder.HasIndex(row => row.LeavingRunId).HasFilter("\"LeavingRunId\" IS NOT NULL");
        // Each delivery changes the row of a person. PostgreSQL then writes a new version of the row, which needs no new entries in the
        // indexes if there is space on the same page.
        builder.HasStorageParameter("fillfactor", 50);
    }

    public void Configure(EntityTypeBuilder<RemovedMember> builder)
    {
        builder.ToTable("RemovedMembers");
        builder.HasKey(removed => new { removed.RunId, removed.EmailHash });
        builder.HasOne<Run>().WithMany().HasForeignKey(removed => removed.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(removed => removed.EmailHash).HasMaxLength(16);
        builder.Property(removed => removed.KlaviyoId).HasMaxLength(40);
    }

    public void Configure(EntityTypeBuilder<ListCheck> builder)
    {
        builder.ToTable("ListChecks");
        builder.HasOne<Run>().WithMany().HasForeignKey(check => check.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(check => new { check.RunId, check.Id });
        builder.HasIndex(check => check.State);
    }

    public void Configure(EntityTypeBuilder<ListDifference> builder)
    {
        builder.ToTable("ListDifferences");
        builder.HasOne<ListCheck>().WithMany().HasForeignKey(difference => difference.CheckId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(difference => new
        {
            difference.CheckId,
            difference.Kind,
            difference.Id,
        });
        builder.Property(difference => difference.KlaviyoId).HasMaxLength(40);
    }
}
